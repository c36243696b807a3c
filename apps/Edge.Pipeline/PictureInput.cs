using Edge.Imaging;
using Edge.Imaging.Preprocessing;
using Edge.Onnx;
using Edge.Runtime;

namespace Edge.Pipeline;

/// <summary>Finds the model input that takes the picture.</summary>
public static class PictureInput
{
    /// <summary>The model's only input, with what <paramref name="options"/> say where the model leaves something open.</summary>
    /// <exception cref="ModelException">The model has several inputs, takes no pictures, or contradicts the options; the message says what would settle it.</exception>
    public static ModelInput Resolve(IInferenceSession session, PreprocessOptions options)
    {
        ArgumentNullException.ThrowIfNull(session);
        if (session.Inputs.Count != 1)
            throw new ModelException($"the model has {session.Inputs.Count} inputs ({string.Join("; ", session.Inputs)}); pictures need a model with one");
        TensorInfo input = session.Inputs[0];
        int[] dimensions = [.. (input.Dimensions ?? []).Select(d => d.Size)];
        try
        {
            return ModelInput.Resolve(options, input.Name, input.Type, dimensions);
        }
        catch (ImageException e)
        {
            throw new ModelException(e.Message, e);
        }
    }

    /// <summary>What prepares pictures for the model.</summary>
    /// <exception cref="ModelException">As for <see cref="Resolve"/>.</exception>
    public static Preprocessor Preprocessor(IInferenceSession session, PreprocessOptions options) => new(options, Resolve(session, options));
}
