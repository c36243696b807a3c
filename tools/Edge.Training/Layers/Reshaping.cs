using Edge.Training.Export;

namespace Edge.Training.Layers;

/// <summary>Each pixel becomes a square of <paramref name="factor"/> × <paramref name="factor"/> equal ones.</summary>
internal sealed unsafe class NearestUpsampling(string name, Value input, Value output, int factor) : Operation(name, [input], output)
{
    public override void Forward(Execution execution) => execution.ForEach(Output.Batch, n =>
    {
        Extent y = Output.Extent;
        float* target = Output.At(n);
        for (int oy = 0; oy < y.Height; oy++)
            for (int ox = 0; ox < y.Width; ox++, target += y.Channels)
                GradientFlow.Pass(Inputs[0].At(n) + Offset(oy, ox), target, y.Channels, add: false);
    });

    public override void Backward(Execution execution)
    {
        if (!Inputs[0].CarriesGradient) return;
        bool add = Inputs[0].ClaimGradient();
        execution.ForEach(Output.Batch, n =>
        {
            Extent y = Output.Extent;
            float* dx = Inputs[0].GradientAt(n), dy = Output.GradientAt(n);
            if (!add) new Span<float>(dx, Inputs[0].Extent.Count).Clear();
            for (int oy = 0; oy < y.Height; oy++)
                for (int ox = 0; ox < y.Width; ox++, dy += y.Channels)
                    GradientFlow.Pass(dy, dx + Offset(oy, ox), y.Channels, add: true);
        });
    }

    public override void Export(ModelBuilder model) => model.NearestUpsampling(this, factor);

    private nint Offset(int oy, int ox) => ((nint)(oy / factor) * Inputs[0].Extent.Width + ox / factor) * Inputs[0].Extent.Channels;
}

/// <summary>Channels of several values of one size, side by side.</summary>
internal sealed unsafe class Concatenation(string name, Value[] inputs, Value output) : Operation(name, inputs, output)
{
    public override void Forward(Execution execution) => execution.ForEach(Output.Batch, n =>
    {
        int start = 0;
        foreach (Value input in Inputs)
        {
            int channels = input.Extent.Channels;
            for (int p = 0; p < Output.Extent.Pixels; p++)
                GradientFlow.Pass(input.At(n) + (nint)p * channels, Output.At(n) + (nint)p * Output.Extent.Channels + start, channels, add: false);
            start += channels;
        }
    });

    public override void Backward(Execution execution)
    {
        int start = 0;
        foreach (Value input in Inputs)
        {
            int channels = input.Extent.Channels, from = start;
            start += channels;
            if (!input.CarriesGradient) continue;
            bool add = input.ClaimGradient();
            execution.ForEach(Output.Batch, n =>
            {
                for (int p = 0; p < Output.Extent.Pixels; p++)
                    GradientFlow.Pass(Output.GradientAt(n) + (nint)p * Output.Extent.Channels + from, input.GradientAt(n) + (nint)p * channels, channels, add);
            });
        }
    }

    public override void Export(ModelBuilder model) => model.Concatenation(this);
}
