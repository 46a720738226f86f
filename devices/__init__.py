"""Device drivers, their simulators and the hub that serves them.

Drivers are plain blocking code that raises `devices.errors.DeviceError`; concurrency, deadlines and
the words of a fault belong to the actor around them.
"""
