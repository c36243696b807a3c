namespace Edge.Training.Losses;

/// <summary>
/// Losses and their derivatives. Each returns the loss and adds its derivative by the prediction to <c>gradient</c>, which
/// is as long as the prediction; pass <see cref="Value.SeedGradient"/>.
/// </summary>
public static class Loss
{
    /// <summary>
    /// Mean over samples of <c>−log softmax(logits)[class]</c>.
    /// </summary>
    /// <param name="logits"><c>[samples, classes]</c>.</param>
    /// <param name="classes">The right class of each sample.</param>
    /// <param name="gradient">Added to.</param>
    public static double SoftmaxCrossEntropy(ReadOnlySpan<float> logits, ReadOnlySpan<int> classes, Span<float> gradient)
    {
        int width = logits.Length / classes.Length;
        double loss = 0;
        for (int n = 0; n < classes.Length; n++)
        {
            ReadOnlySpan<float> row = logits.Slice(n * width, width);
            float top = float.NegativeInfinity;
            foreach (float v in row) top = MathF.Max(top, v);
            double sum = 0;
            foreach (float v in row) sum += Math.Exp(v - top);
            for (int c = 0; c < width; c++)
            {
                double p = Math.Exp(row[c] - top) / sum;
                gradient[n * width + c] += (float)((p - (c == classes[n] ? 1 : 0)) / classes.Length);
            }
            loss += Math.Log(sum) - (row[classes[n]] - top);
        }
        return loss / classes.Length;
    }

    /// <summary>Sum of <c>−t·log σ(x) − (1−t)·log(1−σ(x))</c>, times <paramref name="weight"/>.</summary>
    /// <param name="logits">x.</param>
    /// <param name="targets">t, in [0, 1].</param>
    /// <param name="weight">Of the whole sum, such as one over a count.</param>
    /// <param name="gradient">Added to.</param>
    public static double BinaryCrossEntropy(ReadOnlySpan<float> logits, ReadOnlySpan<float> targets, float weight, Span<float> gradient)
    {
        double loss = 0;
        for (int i = 0; i < logits.Length; i++)
        {
            float x = logits[i], t = targets[i];
            loss += SoftPlus(x) - t * x;
            gradient[i] += weight * (Sigmoid(x) - t);
        }
        return weight * loss;
    }

    /// <summary>
    /// Focal loss (Lin et al. 2017): for a target of 1 <c>−α (1−p)^γ log p</c>, else <c>−(1−α) p^γ log(1−p)</c>, p = σ(x);
    /// summed and weighted. Targets between 0 and 1 mix the two; a negative target is ignored.
    /// </summary>
    public static double Focal(ReadOnlySpan<float> logits, ReadOnlySpan<float> targets, float alpha, float gamma, float weight, Span<float> gradient)
    {
        double loss = 0;
        for (int i = 0; i < logits.Length; i++)
        {
            float t = targets[i];
            if (t < 0) continue;
            double d = 0;
            if (t > 0) loss += t * alpha * FocalTerm(logits[i], gamma, t * alpha, ref d);
            if (t < 1)
            {
                // The other side is the same function of −x.
                double mirrored = 0;
                loss += (1 - t) * (1 - alpha) * FocalTerm(-logits[i], gamma, (1 - t) * (1 - alpha), ref mirrored);
                d -= mirrored;
            }
            gradient[i] += (float)(weight * d);
        }
        return weight * loss;
    }

    /// <summary>
    /// Sum of <c>d²/2β</c> for |d| &lt; β, else <c>|d| − β/2</c>, times <paramref name="weight"/> (Girshick 2015).
    /// </summary>
    public static double SmoothL1(ReadOnlySpan<float> prediction, ReadOnlySpan<float> target, float beta, float weight, Span<float> gradient)
    {
        double loss = 0;
        for (int i = 0; i < prediction.Length; i++)
        {
            float d = prediction[i] - target[i], a = MathF.Abs(d);
            loss += a < beta ? 0.5 * d * d / beta : a - 0.5 * beta;
            gradient[i] += weight * (a < beta ? d / beta : MathF.Sign(d));
        }
        return weight * loss;
    }

    /// <summary>Mean of squared differences.</summary>
    public static double MeanSquaredError(ReadOnlySpan<float> prediction, ReadOnlySpan<float> target, Span<float> gradient)
    {
        double loss = 0;
        for (int i = 0; i < prediction.Length; i++)
        {
            float d = prediction[i] - target[i];
            loss += (double)d * d;
            gradient[i] += 2 * d / prediction.Length;
        }
        return loss / prediction.Length;
    }

    /// <summary>
    /// <c>1 − GIoU</c> (Rezatofighi et al. 2019) of two boxes around one point, times <paramref name="weight"/>.
    /// </summary>
    /// <param name="prediction">Distances left, top, right, bottom of the point to the sides; negative ones put the point outside.</param>
    /// <param name="target">The same, positive.</param>
    public static double GeneralizedIoU(ReadOnlySpan<float> prediction, ReadOnlySpan<float> target, float weight, Span<float> gradient)
    {
        const double tiny = 1e-6;
        double width = Math.Max(prediction[0] + prediction[2], tiny), height = Math.Max(prediction[1] + prediction[3], tiny);
        double iw = Math.Max(Math.Min(prediction[0], target[0]) + Math.Min(prediction[2], target[2]), 0);
        double ih = Math.Max(Math.Min(prediction[1], target[1]) + Math.Min(prediction[3], target[3]), 0);
        double hw = Math.Max(prediction[0], target[0]) + Math.Max(prediction[2], target[2]);
        double hh = Math.Max(prediction[1], target[1]) + Math.Max(prediction[3], target[3]);
        double area = width * height, wanted = (target[0] + target[2]) * (double)(target[1] + target[3]);
        double inter = iw * ih, hull = hw * hh, union = area + wanted - inter;
        double iou = inter / union;
        for (int side = 0; side < 4; side++)
        {
            bool horizontal = side % 2 == 0, shorter = prediction[side] < target[side];
            double dArea = horizontal ? height : width;
            if ((horizontal ? width : height) <= tiny) dArea = 0;
            double dInter = shorter && iw > 0 && ih > 0 ? (horizontal ? ih : iw) : 0;
            double dHull = shorter ? 0 : horizontal ? hh : hw;
            double dUnion = dArea - dInter;
            double dIou = (dInter - iou * dUnion) / union;
            double dGap = (dHull * union - hull * dUnion) / (hull * hull);
            gradient[side] += (float)(weight * -(dIou - dGap));
        }
        return weight * (1 - (iou - (hull - union) / hull));
    }

    /// <summary>1 / (1 + e⁻ˣ).</summary>
    public static float Sigmoid(float x) => 1 / (1 + MathF.Exp(-x));

    /// <summary><c>(1−p)^γ · −log p</c> at p = σ(x); adds <paramref name="weight"/> times its derivative by x.</summary>
    private static double FocalTerm(double x, double gamma, double weight, ref double derivative)
    {
        double p = 1 / (1 + Math.Exp(-x)), miss = 1 / (1 + Math.Exp(x)), cost = SoftPlus(-x), modulation = gamma == 2 ? miss * miss : Math.Pow(miss, gamma);
        derivative -= weight * modulation * (gamma * p * cost + miss);
        return modulation * cost;
    }

    /// <summary>log(1 + eˣ), without overflow.</summary>
    private static double SoftPlus(double x) => Math.Max(x, 0) + Math.Log(1 + Math.Exp(-Math.Abs(x)));
}
