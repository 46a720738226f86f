"""The clips that the code benchmark shows: enough, of enough kinds, of the right size, and the same each time."""

import hashlib

from benchmarks import codes
from benchmarks.code_corpus import KINDS, Clip, clips


def fingerprint(clip: Clip) -> str:
    return hashlib.sha256(b"".join(frame.tobytes() for frame in clip.frames)).hexdigest()


def test_there_are_five_hundred_frames_in_twenty_kinds_of_damage_at_least() -> None:
    assert len(KINDS) >= 20
    assert len(KINDS) * codes.PER_KIND * codes.FRAMES >= 500


def test_every_clip_is_720p_says_what_stands_in_it_and_moves() -> None:
    for clip in clips(1, 2, kinds=("rotated", "dense", "phone", "symbologies", "two codes")):
        assert [frame.shape for frame in clip.frames] == [(720, 1280, 3)] * 2
        assert all(clip.texts)
        assert (clip.frames[0] != clip.frames[1]).any()


def test_the_same_seed_makes_the_same_pixels_and_another_one_others() -> None:
    kinds = ("glare", "crumpled")
    first, again, other = ([fingerprint(clip) for clip in clips(1, 1, seed=seed, kinds=kinds)] for seed in (1, 1, 2))
    assert first == again
    assert not set(first) & set(other)


def test_no_code_stands_in_a_clip_twice() -> None:
    texts = [text for clip in clips(2, 1, kinds=("rotated", "two codes", "symbologies")) for text in clip.texts]
    assert len(texts) == len(set(texts)) == 8
