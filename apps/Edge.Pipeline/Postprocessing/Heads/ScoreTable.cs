using Edge.Onnx;

namespace Edge.Pipeline.Postprocessing.Heads;

/// <summary>Scores of N boxes by classes, with a class that means "nothing" or without.</summary>
internal static class ScoreTable
{
    /// <summary>The best class of a row, background left out and not counted, and its score.</summary>
    /// <param name="row">One value a class.</param>
    /// <param name="activation">What is still to be done to the values.</param>
    /// <param name="background">Its place in the row; null if there is none.</param>
    public static (int Class, float Score) Best(ReadOnlySpan<float> row, Activation activation, int? background)
    {
        int skip = background ?? -1, best = skip == 0 ? 1 : 0;
        for (int c = best + 1; c < row.Length; c++)
        {
            if (c != skip && row[c] > row[best]) best = c;
        }
        float score = activation switch
        {
            Activation.Sigmoid => HeadRules.Sigmoid(row[best]),
            Activation.Softmax => Softmax(row, best),
            _ => row[best],
        };
        return (skip >= 0 && best > skip ? best - 1 : best, score);
    }

    /// <exception cref="ModelException">There is no class beside the background.</exception>
    public static void Check(int classes, int? background, string output)
    {
        if (background is { } b ? classes < 2 || b >= classes : classes < 1)
            throw new ModelException($"output '{output}' has {classes} classes, which leaves none beside background {background}");
    }

    private static float Softmax(ReadOnlySpan<float> row, int at)
    {
        float max = row[HeadRules.Best(row)], sum = 0;
        foreach (float v in row) sum += HeadRules.Exp(v - max);
        return HeadRules.Exp(row[at] - max) / sum;
    }
}
