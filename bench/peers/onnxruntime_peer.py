"""ONNX Runtime's side of the predictions: session.run, and run_with_iobinding, which copies nothing in or out.

A third time, of a net of one weight, says what a call costs from Python before any arithmetic; it is no way to predict.
"""
import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

import turns


def make_session(layers, threads):
    """A session for dense layers with ReLU between them and a softmax at the end."""
    nodes, constants, name = [], [], "x"
    for i, (weight, bias) in enumerate(layers):
        constants += [numpy_helper.from_array(weight, f"w{i}"), numpy_helper.from_array(bias, f"b{i}")]
        last = i == len(layers) - 1
        nodes += [helper.make_node("Gemm", [name, f"w{i}", f"b{i}"], [f"z{i}"]),
                  helper.make_node("Softmax" if last else "Relu", [f"z{i}"], ["y" if last else f"a{i}"])]
        name = f"a{i}"
    x = helper.make_tensor_value_info("x", TensorProto.FLOAT, ["rows", layers[0][0].shape[0]])
    y = helper.make_tensor_value_info("y", TensorProto.FLOAT, ["rows", layers[-1][0].shape[1]])
    graph = helper.make_graph(nodes, "net", [x], [y], constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
    return onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])


def bind(session, x, outputs):
    """The session with its input and its output in place; returns both the call and where y is."""
    y = onnxruntime.OrtValue.ortvalue_from_numpy(np.zeros((len(x), outputs), np.float32))
    binding = session.io_binding()
    binding.bind_ortvalue_input("x", onnxruntime.OrtValue.ortvalue_from_numpy(x))
    binding.bind_ortvalue_output("y", y)
    return lambda: session.run_with_iobinding(binding), y


given = turns.arguments()
rows, repeats, threads = (int(given[name]) for name in ("rows", "repeats", "threads"))
layers = turns.read_layers(given["weights"], given["net"])
x = turns.read_floats(given["inputs"], rows, layers[0][0].shape[0])
session = make_session(layers, threads)
bound, y = bind(session, x, layers[-1][0].shape[1])
one = np.ones((1, 1), np.float32)
empty, _ = bind(make_session([(one, one[0])], threads), one, 1)


def turn():
    return {"run": turns.seconds_of(lambda: session.run(["y"], {"x": x}), repeats),
            "io-binding": turns.seconds_of(bound, repeats),
            "(a net of one weight)": turns.seconds_of(empty, repeats)}


def finish():
    np.stack([session.run(["y"], {"x": x})[0], y.numpy()]).tofile(given["outputs"])
    return {}


turns.serve(onnxruntime.__version__, "", turn, finish)
