namespace Edge.Runtime;

/// <summary>What one step of a plan costs.</summary>
/// <param name="Name">The node's name.</param>
/// <param name="OpType">Its operator, after fusion.</param>
/// <param name="Kernel">The kernel that does the work.</param>
/// <param name="Time">Average of one run.</param>
/// <param name="Macs">Multiply-accumulates of one run; 0 where nobody counts them.</param>
public sealed record StepProfile(string Name, string OpType, string Kernel, TimeSpan Time, long Macs);
