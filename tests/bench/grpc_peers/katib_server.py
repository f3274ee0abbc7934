"""Katib's Optuna service as its main.py starts it, but on a free loopback port, which is printed.
Runs in an environment of its own, with a clone of kubeflow/katib as the working folder.

usage: katib_server.py"""
import logging
import sys
from concurrent import futures

# As Katib's Dockerfile sets them.
sys.path[:0] = [".", "pkg/apis/manager/v1beta1/python", "pkg/apis/manager/health/python"]
import grpc
from pkg.apis.manager.v1beta1.python import api_pb2_grpc
from pkg.suggestion.v1beta1.optuna.service import OptunaService

logging.disable(logging.WARNING)
server = grpc.server(futures.ThreadPoolExecutor(max_workers=10))
api_pb2_grpc.add_SuggestionServicer_to_server(OptunaService(), server)
print(server.add_insecure_port("127.0.0.1:0"), flush=True)
server.start()
server.wait_for_termination()
