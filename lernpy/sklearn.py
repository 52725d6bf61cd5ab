"""scikit-learn's way to ask: estimators whose networks can be looked into. Needs scikit-learn 1.6 or later."""

from lernpy.interop.estimators import NetClassifier, NetRegressor

__all__ = ["NetClassifier", "NetRegressor"]


def __dir__() -> list[str]:
    return sorted(__all__)
