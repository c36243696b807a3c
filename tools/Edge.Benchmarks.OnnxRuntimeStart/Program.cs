using System.Runtime.InteropServices;
using Edge.Imaging;
using Edge.Imaging.Preprocessing;
using Edge.Tensors;
using Microsoft.ML.OnnxRuntime;
using TensorElementType = Microsoft.ML.OnnxRuntime.Tensors.TensorElementType;

// What `edge run MODEL PICTURE --preprocess STEPS --top 5 --threads 1` does, with ONNX Runtime, as little around it as possible:
//   onnxruntime-start MODEL PICTURE STEPS
// Decoding and preprocessing are the same code, so that the difference is the engines' own.
if (args is not [var model, var picture, var steps])
{
    Console.Error.WriteLine("usage: onnxruntime-start MODEL PICTURE STEPS");
    return 2;
}

using var options = new SessionOptions { IntraOpNumThreads = 1 };
using var session = new InferenceSession(model, options);
string name = session.InputNames[0];
var metadata = session.InputMetadata[name];
var preprocess = PreprocessOptions.Parse(steps);
var preprocessor = new Preprocessor(preprocess, ModelInput.Resolve(preprocess, name, (DataType)metadata.ElementDataType, metadata.Dimensions));
Tensor input = preprocessor.CreateInput();
using (Bitmap bitmap = ImageCodec.Default.Load(picture)) preprocessor.Run(bitmap.View, input);
using var value = OrtValue.CreateAllocatedTensorValue(OrtAllocator.DefaultInstance, (TensorElementType)input.Type, Array.ConvertAll(input.Shape.ToArray(), d => (long)d));
input.Bytes.CopyTo(value.GetTensorMutableRawData());
using var runOptions = new RunOptions();
using var results = session.Run(runOptions, [name], [value], [session.OutputNames[0]]);
float[] scores = MemoryMarshal.Cast<byte, float>(results[0].GetTensorMutableRawData()).ToArray();
float largest = scores.Max(), sum = scores.Sum(s => MathF.Exp(s - largest));
Console.WriteLine(picture);
foreach (int i in Enumerable.Range(0, scores.Length).OrderByDescending(i => scores[i]).Take(5)) Console.WriteLine($"  {MathF.Exp(scores[i] - largest) / sum:P1}  class {i}");
return 0;
