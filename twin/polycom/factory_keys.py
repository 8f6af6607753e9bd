"""The RSA key that a unit leaves the factory with: another unit has another, the same unit always the same.

It follows from the serial number, so that a unit is known again in every twin that has it, as hardware would be. A
predictable key protects nothing: it is for namespaces only.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from functools import cache

from cryptography.hazmat.primitives.asymmetric import rsa

BITS = 2048
EXPONENT = 65537
_SMALL = [n for n in range(3, 2000, 2) if all(n % d for d in range(3, int(n**0.5) + 1, 2))]
_WITNESSES = (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37)


@cache
def factory_key(serial: str) -> rsa.RSAPrivateKey:
    """A unit's key, for SSH and HTTPS: a third of a second of work."""
    candidates = _candidates(serial)
    p = next(n for n in candidates if _prime(n))
    q = next(n for n in candidates if n != p and _prime(n))
    d = pow(EXPONENT, -1, (p - 1) * (q - 1))
    public = rsa.RSAPublicNumbers(EXPONENT, p * q)
    coefficients = (rsa.rsa_crt_dmp1(d, p), rsa.rsa_crt_dmq1(d, q), rsa.rsa_crt_iqmp(p, q))
    return rsa.RSAPrivateNumbers(p, q, d, *coefficients, public).private_key()


def _candidates(seed: str) -> Iterator[int]:
    """Odd numbers of half the key's length, their two highest bits set, so that a product has the whole length."""
    size, number = BITS // 2, 0
    while True:
        number += 1
        found = int.from_bytes(hashlib.shake_256(f"{seed} {number}".encode()).digest(size // 8), "big")
        yield found | 3 << (size - 2) | 1


def _prime(n: int) -> bool:
    """Miller and Rabin's test; a composite among random numbers passes it practically never."""
    if any(n % small == 0 for small in _SMALL) or (n - 1) % EXPONENT == 0:
        return False
    odd, twos = n - 1, 0
    while odd % 2 == 0:
        odd, twos = odd // 2, twos + 1
    for witness in _WITNESSES:
        x = pow(witness, odd, n)
        if x in (1, n - 1):
            continue
        for _ in range(twos - 1):
            x = x * x % n
            if x == n - 1:
                break
        else:
            return False
    return True
