namespace Edge.Training.Optimization;

/// <summary>A learning rate that rises linearly during warm-up, then falls along half a cosine (Loshchilov and Hutter 2017).</summary>
/// <param name="Peak">After warm-up.</param>
/// <param name="Floor">At the end.</param>
/// <param name="WarmupSteps">Steps of the rise.</param>
/// <param name="Steps">All steps.</param>
public readonly record struct CosineSchedule(float Peak, float Floor, int WarmupSteps, int Steps)
{
    /// <summary>The rate for step 0 … Steps − 1.</summary>
    public float At(int step)
    {
        if (step < WarmupSteps) return Peak * (step + 1) / WarmupSteps;
        float t = Math.Clamp((float)(step - WarmupSteps) / Math.Max(1, Steps - WarmupSteps), 0, 1);
        return Floor + (Peak - Floor) * 0.5f * (1 + MathF.Cos(MathF.PI * t));
    }
}
