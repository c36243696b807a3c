using Edge.Quantization.Candidates;

namespace Edge.Quantization.Rounding;

/// <summary>For each layer the integers of that method whose result is the best on the columns that were held back.</summary>
/// <param name="methods">One or more; of equal results the first's is taken.</param>
internal sealed class BestRounding(params IRoundingMethod[] methods) : IRoundingMethod
{
    /// <summary>Both forms of <see cref="ErrorFeedbackRounding"/>: seconds for a large network.</summary>
    public static BestRounding Quick => new(new ErrorFeedbackRounding(compensate: false), new ErrorFeedbackRounding(compensate: true));

    /// <summary>These and <see cref="LearnedRounding"/>, which knows what a Relu or Clip cuts off.</summary>
    public static BestRounding Thorough =>
        new(new ErrorFeedbackRounding(compensate: false), new ErrorFeedbackRounding(compensate: true), new LearnedRounding(new LearnedRoundingOptions()));

    public sbyte[] Round(LayerProblem problem, CancellationToken cancellation)
    {
        (double Error, sbyte[] Codes) best = (double.PositiveInfinity, problem.Nearest);
        foreach (IRoundingMethod method in methods)
        {
            sbyte[] codes = method.Round(problem, cancellation);
            double error = problem.Errors(codes, problem.BestBias(codes)).Sum();
            if (error < best.Error) best = (error, codes);
            // A method leaves as much behind as the layer's columns take.
            SpareMemory.Return();
        }
        return best.Codes;
    }
}
