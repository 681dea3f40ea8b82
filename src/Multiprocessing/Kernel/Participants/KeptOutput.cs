namespace Multiprocessing;

/// <summary>What is kept of a child's output: its beginning and its end, each at most 4 KiB.</summary>
/// <param name="Head">The beginning, or, when the runtime's own last words went by, what follows from there; empty when the tail has all of it.</param>
/// <param name="Tail">The end.</param>
/// <param name="Whole">Both in one text, with a mark of what was left out between them.</param>
internal sealed record KeptOutput(string Head, string Tail, string Whole)
{
    public static KeptOutput None { get; } = new("", "", "");
}
