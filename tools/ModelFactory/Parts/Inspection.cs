using Edge.Kernels.Threading;

namespace ModelFactory.Parts;

/// <summary>Runs a detector over pictures as the line would.</summary>
internal static class Inspection
{
    /// <summary>Scores below this are not worth keeping for a precision–recall curve.</summary>
    private const float KeptScore = 0.03f;

    public static List<JudgedPart> Judge(PartDetector detector, IReadOnlyList<PartPicture> pictures, WorkerPool pool, Progress progress)
    {
        var judged = new List<JudgedPart>();
        int batch = detector.Graph.Batch;
        for (int start = 0; start < pictures.Count; start += batch)
        {
            int count = Math.Min(batch, pictures.Count - start);
            var job = new PrepareJob(detector, pictures, start);
            pool.Run(ref job, count);
            detector.Graph.Forward(training: false);
            for (int n = 0; n < count; n++)
                judged.Add(new JudgedPart(pictures[start + n].Defects, GridHead.Decode(detector.Scores.Sample(n), detector.Boxes.Sample(n), KeptScore)));
            progress.Report(start + count);
        }
        return judged;
    }

    private readonly struct PrepareJob(PartDetector detector, IReadOnlyList<PartPicture> pictures, int start) : IParallelJob
    {
        public void Execute(int chunk) => pictures[start + chunk].Prepare(detector.Input.Sample(chunk));
    }
}
