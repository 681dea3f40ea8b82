namespace Multiprocessing.Architecture.Tests;

/// <summary>One place in the source of one room that names something of another room.</summary>
/// <param name="From">The room of the place.</param>
/// <param name="To">The room of what is named there.</param>
/// <param name="File">The file of the place, relative to the source folder.</param>
/// <param name="Line">Its line, from 1.</param>
/// <param name="Name">What is named.</param>
/// <param name="Target">The file that declares it, relative to the source folder.</param>
internal sealed record Reference(string From, string To, string File, int Line, string Name, string Target)
{
    public override string ToString() => $"{File}({Line}): {From} -> {To}: '{Name}' of {Target}";
}
