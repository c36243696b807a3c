using Edge.Runtime.Graph;
using Edge.Runtime.Operators;

namespace Edge.Runtime.Planning;

/// <summary>A step whose pointers are not known yet.</summary>
/// <param name="Node">The node.</param>
/// <param name="Executor">Null for one that works on values, or whose shapes a run decides.</param>
/// <param name="Inputs">The slot of the first input.</param>
/// <param name="Outputs">The slot of the first output.</param>
/// <param name="GraphStep">Its place among the graph's nodes.</param>
internal readonly record struct PendingStep(Node Node, Executor? Executor, int Inputs, int Outputs, int GraphStep);
