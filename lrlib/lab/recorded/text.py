"""The text that is learned: the source of Python's standard library, which every reader has.

Nothing is downloaded, and nothing of it is shipped: it is read from the Python that runs.
"""

import hashlib
import sysconfig
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import torch

# Others' packages, tests and their data, tables, and what names the machine that built Python.
LEFT_OUT = (
    "site-packages", "dist-packages", "test", "tests", "idlelib", "lib2to3", "turtledemo",
    "pydoc_data", "encodings", "__pycache__",
)  # fmt: skip
LEFT_OUT_FILES = "_sysconfigdata", "_sysconfig_"
ONE_IN = 10  # files: this share is for testing


@dataclass(frozen=True, eq=False)
class Text:
    """Training and test text as bytes, uint8 tensors; `digest` names their contents."""

    train: torch.Tensor
    test: torch.Tensor
    files: int
    digest: str

    def windows(self, starts, length, part="train"):
        """Pieces of the text: int64, shape (len(starts), length)."""
        text = getattr(self, part)
        return text[torch.as_tensor(starts)[:, None] + torch.arange(length)].long()

    def spaced(self, count, length):
        """As many windows of the test text, at equal distances: the same in every run."""
        last = len(self.test) - length
        return self.windows(np.linspace(0, last, count).astype(int), length, "test")


@lru_cache(1)
def standard_library(folder=None):
    """The `Text` of the standard library in `folder`, by default the running Python's.

    A tenth of the files, chosen by a hash of their names, is for testing; within each part they
    stand in the order of their names. Raises `FileNotFoundError` where there is no source.
    """
    folder = Path(folder or sysconfig.get_path("stdlib"))
    paths = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.py"))
    parts, digest, files = {"train": [], "test": []}, hashlib.sha256(), 0
    for name in paths:
        *folders, file = name.split("/")
        if set(folders) & set(LEFT_OUT) or file.startswith(LEFT_OUT_FILES):
            continue
        data = (folder / name).read_bytes()
        drawn = int.from_bytes(hashlib.sha256(name.encode()).digest()[:4], "big")
        parts["train" if drawn % ONE_IN else "test"].append(data)
        digest.update(name.encode() + b"\0" + data)
        files += 1
    if not files:
        raise FileNotFoundError(f"{folder} holds no source of Python's standard library")
    tensors = {
        part: torch.from_numpy(np.frombuffer(b"".join(pieces), np.uint8).copy())
        for part, pieces in parts.items()
    }
    return Text(**tensors, files=files, digest=digest.hexdigest()[:16])
