"""A small language model over bytes: a pre-norm, causal transformer."""

import torch
from torch import nn
from torch.nn import functional as F

BYTES = 256
SPREAD = 0.02  # of the initial weights, as in GPT-2


class Block(nn.Module):
    """x + attention(norm(x)), then x + MLP(norm(x)): the norm stands before, so that x runs through."""

    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.qkv, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.up, self.down = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)

    def forward(self, x):
        n, length, width = x.shape
        qkv = self.qkv(self.norm1(x)).view(n, length, 3, self.heads, -1).permute(2, 0, 3, 1, 4)
        seen = F.scaled_dot_product_attention(*qkv, is_causal=True)
        x = x + self.out(seen.transpose(1, 2).reshape(n, length, width))
        return x + self.down(F.gelu(self.up(self.norm2(x))))


class Transformer(nn.Module):
    """The logits of every next byte: from (N, L) bytes to (N, L, 256). The embedding is tied.

    `seed` draws the initial weights: normal, .02; the two matrices of each block that write into
    the sum divided by the root of how many there are; biases 0, norms 1.
    """

    def __init__(self, width, layers, heads, context, seed):
        super().__init__()
        self.embedding, self.position = nn.Embedding(BYTES, width), nn.Embedding(context, width)
        self.blocks = nn.Sequential(*(Block(width, heads) for _ in range(layers)))
        self.norm = nn.LayerNorm(width)
        draws = torch.Generator().manual_seed(seed)
        for name, p in self.named_parameters():
            if p.ndim == 2:
                written = name.endswith(("out.weight", "down.weight"))
                spread = SPREAD / (2 * layers) ** 0.5 if written else SPREAD
                nn.init.normal_(p, std=spread, generator=draws)
            elif name.endswith("bias"):
                nn.init.zeros_(p)

    def forward(self, text):
        x = self.embedding(text) + self.position.weight[: text.shape[1]]
        return F.linear(self.norm(self.blocks(x)), self.embedding.weight)

    def loss(self, windows):
        """The mean cross-entropy of each byte given those before it in its window, in nats."""
        logits = self(windows[:, :-1])
        return F.cross_entropy(logits.reshape(-1, BYTES), windows[:, 1:].reshape(-1))

    def groups(self, weight_decay):
        """Parameters for AdamW: the blocks' matrices decay; embeddings, biases and norms do not."""
        decaying = [p for p in self.blocks.parameters() if p.ndim == 2]
        chosen = set(map(id, decaying))
        others = [p for p in self.parameters() if id(p) not in chosen]
        return [
            {"params": decaying, "weight_decay": weight_decay},
            {"params": others, "weight_decay": 0.0},
        ]
