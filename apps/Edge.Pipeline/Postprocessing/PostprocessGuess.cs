using Edge.Imaging.Preprocessing;
using Edge.Onnx;
using Edge.Pipeline.Postprocessing.Heads;
using Edge.Runtime;

namespace Edge.Pipeline.Postprocessing;

/// <summary>What kind of model it probably is, for people who try one; configurations say it.</summary>
public static class PostprocessGuess
{
    /// <summary>A detector where the outputs look like those of one, else a classifier.</summary>
    /// <param name="graph">Of the model.</param>
    /// <param name="outputs">The model's outputs.</param>
    /// <param name="input">What the model takes.</param>
    public static PostprocessOptions Of(GraphProto graph, IReadOnlyList<TensorInfo> outputs, ModelInput input) =>
        DetectionHeads.Guess(outputs, input) is { } head ? new PostprocessOptions { Detection = new DetectionOptions(head) } : Classification(graph);

    /// <summary>A classifier, with the softmax that many leave out.</summary>
    public static PostprocessOptions Classification(GraphProto graph) =>
        new() { Classification = new ClassificationOptions(EndsInProbabilities(graph) ? Activation.None : Activation.Softmax) };

    /// <summary>Whether the first output comes from a softmax or sigmoid, but for what does not change its values' meaning.</summary>
    private static bool EndsInProbabilities(GraphProto graph)
    {
        var producers = new Dictionary<string, NodeProto>();
        foreach (NodeProto node in graph.Nodes)
            foreach (string output in node.Outputs) producers[output] = node;
        string value = graph.Outputs[0].Name;
        // A graph has no cycles, but a file may: no more steps than there are nodes.
        for (int i = 0; i <= producers.Count && producers.TryGetValue(value, out NodeProto? node); i++)
        {
            if (node.OpType is "Softmax" or "Sigmoid" or "QLinearSoftmax" or "QLinearSigmoid") return true;
            if (node.OpType is not ("QuantizeLinear" or "DequantizeLinear" or "Reshape" or "Flatten" or "Squeeze" or "Identity" or "Cast") || node.Inputs.Count == 0) return false;
            value = node.Inputs[0];
        }
        return false;
    }
}
