namespace Edge.Runtime.Operators;

/// <summary>How an operator takes elements of float16 and bfloat16.</summary>
internal enum HalfRole
{
    /// <summary>
    /// It computes, in float32: it never sees them. Its inputs are widened, and its float32 results are rounded to the type
    /// that <see cref="Operator.ResultType"/> names.
    /// </summary>
    Computes,

    /// <summary>It moves elements, of any type of a fixed size, and makes none: it takes both them and what they were rounded from.</summary>
    Moves,

    /// <summary>It is about types, or hands values on: it takes them as they are and states its results itself.</summary>
    Keeps,
}
