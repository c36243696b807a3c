using Edge.Evaluation.Tasks;
using Edge.Quantization.Metrics;
using Edge.Runtime;
using Edge.SharedModels.Samples;

namespace Edge.AccuracyTable.Sets;

/// <summary>What sets without labels share: models are held to the float model.</summary>
internal static class Signals
{
    /// <summary>Answers where the model gives any, else its numbers.</summary>
    public static EvaluationTask Agreement(IInferenceSession session) => new AgreementTask(AgreementMetric.For(null, session.Inputs, session.Outputs));

    /// <summary>Whether the first output, a probability, is above one half.</summary>
    public static EvaluationTask Decision(IInferenceSession session) =>
        new AgreementTask(new AgreementMetric([OutputKind.Probability, .. session.Outputs.Skip(1).Select(_ => OutputKind.Values)]));
}

/// <summary>MLPerf Tiny's anomaly detection: one normal clip, reconstructed. There is no clip of a fault.</summary>
internal static class MachineSound
{
    private const int Calibration = 64, Overlapping = 4;

    public static DataSet Open(SharedSets sets)
    {
        ISamples all = sets.MachineSound();
        var calibration = new Part(all, [.. Enumerable.Range(0, Calibration)]);
        // Windows of five spectra share four with the next.
        var evaluation = new Part(all, [.. Enumerable.Range(Calibration + Overlapping, all.Count - Calibration - Overlapping)]);
        return new DataSet(calibration, evaluation, _ => new ReconstructionTask(evaluation.Inputs), "the first third of the clip calibrates, the rest judges");
    }
}

/// <summary>Bearing vibration at two speeds, ten conditions.</summary>
internal static class Bearings
{
    public static DataSet Open(SharedSets sets)
    {
        ISamples evaluation = sets.Vibration();
        return new DataSet(Part.Spread(sets.Vibration(training: true), 200), evaluation, Classes.Of(evaluation, 10), "the first 70 % of each record calibrate, the last 30 % judge")
        {
            Beside = Signals.Agreement,
        };
    }
}

/// <summary>Spectra of the same for the autoencoder: normal against faults.</summary>
internal static class BearingSpectra
{
    private const int MostOfEach = 40;

    public static DataSet Open(SharedSets sets)
    {
        ISamples training = sets.Vibration(training: true), tail = sets.Vibration();
        int[] normal = [.. Enumerable.Range(0, training.Count).Where(i => training.Label(i) == 0)];
        int[] judged = [.. Enumerable.Range(0, tail.Count).GroupBy(tail.Label).OrderBy(g => g.Key).SelectMany(g => g.Take(g.Key == 0 ? int.MaxValue : MostOfEach))];
        ISamples evaluation = SharedSets.Spectra(tail, judged);
        bool[] faulty = [.. Enumerable.Range(0, evaluation.Count).Select(i => evaluation.Label(i) != 0)];
        return new DataSet(
            SharedSets.Spectra(training, [.. normal.Where((_, i) => i % 2 == 0)]), evaluation, _ => new AnomalyTask(faulty, AnomalyTask.FirstNumber),
            "the first 70 % of the normal record calibrate, the last 30 % of all judge");
    }
}

/// <summary>The life that is left of turbofans, in cycles, capped at 125.</summary>
internal static class Turbofans
{
    private const double Cap = 125;

    public static DataSet Open(SharedSets sets)
    {
        ISamples evaluation = sets.Engines();
        double[] left = [.. Enumerable.Range(0, evaluation.Count).Select(i => (double)evaluation.Label(i))];
        return new DataSet(
            sets.TrainingEngines(), evaluation, _ => new RegressionTask(left, (sample, outputs) => Cap * AnomalyTask.FirstNumber(sample, outputs)),
            "the engines of the training set calibrate, those of the test set judge");
    }
}

/// <summary>A minute of speech, in frames of 32 ms.</summary>
internal static class Voice
{
    public static DataSet Open(SharedSets sets) => new(
        sets.Voice("turn_on_the_office_lights_test_clip.wav", int.MaxValue), sets.Voice("silero_test.wav", int.MaxValue), Signals.Decision, "another recording calibrates");

    /// <summary>For a model that was made for 16 kHz and is not told it.</summary>
    public static DataSet AtItsRate(SharedSets sets)
    {
        DataSet set = Open(sets);
        return set with { Calibration = new FirstInputs(set.Calibration), Evaluation = new FirstInputs(set.Evaluation), Split = set.Split + "; made for 16 kHz" };
    }
}

/// <summary>Wake words.</summary>
internal static class WakeWord
{
    public static DataSet Embedding(SharedSets sets) => new(
        sets.MelWindows("turn_on_the_office_lights_test_clip.wav"), sets.MelWindows(), _ => new AgreementTask(new RelativeErrorMetric()), "another recording calibrates");

    public static DataSet Alexa(SharedSets sets) => new(
        sets.Embeddings("hey_jane.wav"), sets.Embeddings(), Signals.Decision, "another recording calibrates");

    public static DataSet Streaming(SharedSets sets)
    {
        (Part calibration, Part evaluation) = Part.EveryNth(sets.WakeWordSpectra(), 2);
        return new DataSet(Part.Spread(calibration, 200), Part.Spread(evaluation, 1000), Signals.Agreement, "every 2nd window calibrates, the others judge");
    }
}
