namespace Multiprocessing;

/// <summary>The part of a child's output that is kept: its beginning and its end, each at most 4 KiB.</summary>
/// <param name="Head">The beginning; if the runtime wrote about a crash, the part that begins there. Empty if the tail has all of the output.</param>
/// <param name="Tail">The end.</param>
/// <param name="Whole">Both in one text, with a mark where output was left out.</param>
internal sealed record KeptOutput(string Head, string Tail, string Whole)
{
    public static KeptOutput None { get; } = new("", "", "");
}
