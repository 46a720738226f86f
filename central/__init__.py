"""The reference central platform: receives cases, asks registers, proves documents.

A terminal reaches it with one request at a time under ``/v1``; people reach it at ``/verify``. It
imports the contract and nothing else of the terminal, so that a hall may put its own platform here.
"""
