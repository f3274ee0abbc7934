"""scikit-learn models and their spaces, in the manner of bayesmark (Turner et al. 2021): the loss is
the mean of three folds, negative log likelihood for classes, squared error over the targets'
variance for numbers."""
from __future__ import annotations

import functools
import warnings

import numpy as np
from scipy.special import softmax
from sklearn import datasets
from sklearn.ensemble import GradientBoostingClassifier, GradientBoostingRegressor
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
from sklearn.linear_model import ElasticNet, LogisticRegression
from sklearn.model_selection import KFold
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC, SVR

from space import choice, integer, number

ROWS_MAX = 300  # of the larger data sets, so that a trial takes some tens of milliseconds
LOSS_MAX = 10.0

SPACES = {
    "svm": [number("C", 1e-2, 1e3, log=True), number("gamma", 1e-5, 1.0, log=True),
            number("tol", 1e-5, 1e-1, log=True)],
    "forest": [integer("max_depth", 1, 15), number("max_features", 0.05, 1.0),
               number("min_samples_split", 0.01, 0.99), number("min_samples_leaf", 0.01, 0.49),
               number("min_impurity_decrease", 0.0, 0.5)],
    "boosting": [number("learning_rate", 1e-3, 1.0, log=True), integer("max_depth", 1, 6),
                 number("subsample", 0.3, 1.0), integer("n_estimators", 5, 40)],
    "mlp": [integer("width", 8, 128, log=True), number("alpha", 1e-5, 10.0, log=True),
            integer("batch_size", 10, 250), number("learning_rate_init", 1e-5, 1e-1, log=True),
            number("beta_1", 0.5, 0.99), number("beta_2", 0.9, 0.9999),
            choice("activation", ("relu", "tanh"))],
    "knn": [integer("n_neighbors", 1, 25), integer("p", 1, 4),
            choice("weights", ("uniform", "distance"))],
    "linear": [number("strength", 1e-4, 1e2, log=True), number("l1_ratio", 0.0, 1.0)],
}
# The models among which block `cond` chooses.
CHOICE = ("svm", "forest", "mlp", "knn")

# The lowest loss that any method has found, rounded down; ("choice", data) is that of `cond`.
BEST_KNOWN = {
    ("svm", "digits"): 0.485, ("forest", "breast_cancer"): 0.14, ("boosting", "diabetes"): 0.485,
    ("mlp", "wine"): 0.035, ("knn", "breast_cancer"): 0.156, ("linear", "diabetes"): 0.4692,
    ("choice", "wine"): 0.025, ("choice", "digits"): 0.15,
}


@functools.cache
def rows(data: str):
    features, targets = getattr(datasets, f"load_{data}")(return_X_y=True)
    order = np.random.default_rng(0).permutation(len(targets))[:ROWS_MAX]
    return StandardScaler().fit_transform(features[order]), targets[order]


def is_regression(data: str) -> bool:
    return data == "diabetes"


def loss(model: str, data: str, values: dict) -> float:
    features, targets = rows(data)
    losses = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # fits that have not converged are part of the search
        for train, test in KFold(3).split(features):
            fitted = _make(model, values, is_regression(data)).fit(features[train], targets[train])
            losses.append(_loss_of(fitted, features[test], targets, test))
    return float(min(np.mean(losses), LOSS_MAX))


def _loss_of(fitted, features, targets, test) -> float:
    if not hasattr(fitted, "classes_"):
        return float(np.mean((fitted.predict(features) - targets[test]) ** 2) / np.var(targets))
    shares = np.clip(_shares(fitted, features), 1e-6, 1)
    place = {label: i for i, label in enumerate(fitted.classes_)}
    right = [shares[i, place[label]] if label in place else 1e-6
             for i, label in enumerate(targets[test])]
    return float(-np.mean(np.log(right)))


def _shares(fitted, features) -> np.ndarray:
    if hasattr(fitted, "predict_proba"):
        return fitted.predict_proba(features)
    # A support vector machine gives one score per class; its own probabilities would cost five more
    # fits.
    return softmax(np.reshape(fitted.decision_function(features), (len(features), -1)), axis=1)


def _make(model: str, values: dict, regression: bool):
    if model == "svm":
        return SVR(**values) if regression else SVC(**values, random_state=0)
    if model == "forest":
        kind = RandomForestRegressor if regression else RandomForestClassifier
        return kind(n_estimators=10, random_state=0, **values)
    if model == "boosting":
        kind = GradientBoostingRegressor if regression else GradientBoostingClassifier
        return kind(random_state=0, **values)
    if model == "mlp":
        kind = MLPRegressor if regression else MLPClassifier
        rest = {k: v for k, v in values.items() if k != "width"}
        return kind((values["width"],), max_iter=20, random_state=0, **rest)
    if model == "knn":
        return (KNeighborsRegressor if regression else KNeighborsClassifier)(**values)
    if regression:
        return ElasticNet(alpha=values["strength"], l1_ratio=values["l1_ratio"], random_state=0)
    return LogisticRegression(C=values["strength"], l1_ratio=values["l1_ratio"], solver="saga",
                              max_iter=50, random_state=0)
