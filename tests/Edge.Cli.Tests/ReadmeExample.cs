// The README's example, line by line; ReadmeTests compares. Here `Console` is a parameter, so that a test can read what it prints.
// readme: usings
using Edge.Imaging;
using Edge.Imaging.Preprocessing;
using Edge.Pipeline;
using Edge.Runtime;
// readme: end

namespace Edge.Cli.Tests;

internal static class ReadmeExample
{
    public static void Run(string[] args, TextWriter Console)
    {
        // readme: body
        using var model = Model.Load(args[0]);
        using var session = new InferenceSession(model, new SessionOptions { Threads = 2 });
        var preprocessor = PictureInput.Preprocessor(session, PreprocessOptions.Parse("resize=192x192,mean=128,std=64"));
        var input = preprocessor.CreateInput();
        using var picture = ImageCodec.Default.Load(args[1]);
        preprocessor.Run(picture.View, input);
        var outputs = session.Run(input);
        for (int i = 0; i < outputs.Count; i++)
            Console.WriteLine($"{session.Outputs[i].Name} {outputs[i].Shape}: highest value {outputs[i].AsSpan<float>().ToArray().Max():0.000}");
        // readme: end
    }
}
