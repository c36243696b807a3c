using Edge.Onnx;
using Edge.Tensors;

namespace Edge.Runtime.Execution;

/// <summary>Holds the caller's tensors against what the model declares.</summary>
internal static class InputValidation
{
    public static void Check(Model model, ReadOnlySpan<Tensor> inputs)
    {
        if (inputs.Length != model.Inputs.Count)
            throw new ModelException($"{model.Name}: {inputs.Length} inputs were given; the model takes {model.Inputs.Count}: {string.Join("; ", model.Inputs)}");
        for (int i = 0; i < inputs.Length; i++)
        {
            if (inputs[i] is null) throw new ModelException($"{model.Name}: input {i} is null; the model declares {model.Inputs[i]}");
            if (!Fits(model.Inputs[i], inputs[i]))
                throw new ModelException($"{model.Name}: input {i} is {inputs[i]}; the model declares {model.Inputs[i]}");
        }
    }

    private static bool Fits(TensorInfo info, Tensor tensor)
    {
        if (tensor.Type != info.Type) return false;
        if (info.Dimensions is not { } dims) return true;
        if (dims.Count != tensor.Shape.Rank) return false;
        for (int d = 0; d < dims.Count; d++)
            if (dims[d].IsFixed && dims[d].Size != tensor.Shape[d]) return false;
        return true;
    }
}
