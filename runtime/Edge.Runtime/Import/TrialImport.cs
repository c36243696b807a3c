using Edge.Onnx;
using Edge.Runtime.Planning;
using Edge.Tensors;

namespace Edge.Runtime.Import;

/// <summary>
/// Finds what is wrong with a model of free dimensions before anybody gives their sizes: it is imported for a few guesses. A
/// guess that fails proves nothing, since the sizes may be impossible; only what is refused in the same words whatever the
/// sizes is wrong with the model itself: a type, an attribute, a name that nothing writes.
/// </summary>
internal static class TrialImport
{
    /// <summary>Sizes for all free dimensions alike; 0 gives each symbol a size of its own.</summary>
    private static readonly int[] s_guesses = [1, 32, 0, 96];

    /// <param name="model">The model.</param>
    /// <param name="given">Sizes that are known, by symbol.</param>
    /// <param name="settings">Of the session; its budgets are not touched.</param>
    /// <exception cref="ModelException">The model cannot run, whatever the sizes.</exception>
    public static void Check(Model model, IDictionary<string, int> given, PlanSettings settings)
    {
        if (model.Inputs.Any(i => i.Dimensions is null)) return;
        ModelException? first = null;
        foreach (int guess in s_guesses)
        {
            try
            {
                GraphImporter.Import(model, Shapes(model, given, guess), new PlanSettings(settings.Kernels, 1, settings.Optimize, settings.Limits));
                return;
            }
            catch (ModelException e)
            {
                if (first is not null && e.Message != first.Message) return;
                first = e;
            }
            catch (ArgumentException)
            {
                // The guess is more than a tensor may hold.
                return;
            }
        }

        if (first is not null) throw first;
    }

    private static Shape[] Shapes(Model model, IDictionary<string, int> given, int guess)
    {
        var own = new Dictionary<string, int>();
        return [.. model.Inputs.Select(i => new Shape([.. i.Dimensions!.Select((d, axis) =>
        {
            if (d.IsFixed) return d.Size;
            if (d.Symbol is { } s && given.TryGetValue(s, out int size)) return size;
            if (guess > 0) return guess;
            string name = d.Symbol ?? $"{i.Name}.{axis}";
            if (!own.TryGetValue(name, out size)) own[name] = size = 24 + 8 * own.Count;
            return size;
        })]))];
    }
}
