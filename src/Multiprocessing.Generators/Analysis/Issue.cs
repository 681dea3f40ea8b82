using Microsoft.CodeAnalysis;

namespace Multiprocessing.Generators;

/// <summary>Why an interface has no proxy.</summary>
/// <param name="Rule">What is wrong.</param>
/// <param name="Culprits">The symbols to report it at, the closest first; the first that is source of the compilation is taken.</param>
/// <param name="Arguments">The arguments of the message.</param>
internal sealed record Issue(DiagnosticDescriptor Rule, ISymbol[] Culprits, string[] Arguments)
{
    /// <summary>Returns the place in the sources of the compilation; <see langword="null"/> if the interface is metadata.</summary>
    public Location? PlaceIn(Compilation compilation)
    {
        foreach (var culprit in Culprits)
        {
            foreach (var location in culprit.Locations)
            {
                if (location.SourceTree is { } tree && compilation.ContainsSyntaxTree(tree))
                {
                    return location;
                }
            }
        }

        return null;
    }
}
