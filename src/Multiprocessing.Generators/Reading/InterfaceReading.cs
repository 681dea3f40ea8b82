using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;

namespace Multiprocessing.Generators;

/// <summary>What was read from an interface's definition.</summary>
/// <param name="Definition">The interface.</param>
/// <param name="Model">What to generate; <see langword="null"/> if there are issues, or errors of the compiler in its members.</param>
/// <param name="Issues">Why it has no proxy.</param>
/// <param name="Nested">The interfaces that its members pass as proxies.</param>
internal sealed record InterfaceReading(
    INamedTypeSymbol Definition, InterfaceModel? Model, IReadOnlyList<Issue> Issues, IReadOnlyList<INamedTypeSymbol> Nested)
{
    private static readonly ConditionalWeakTable<Compilation, ConcurrentDictionary<INamedTypeSymbol, InterfaceReading>> Cache = new();

    /// <summary>Returns the readings of an interface and of all interfaces that it leads to. Each is read once per compilation.</summary>
    public static IReadOnlyList<InterfaceReading> Closure(INamedTypeSymbol type, Compilation compilation, CancellationToken cancellationToken)
    {
        var cache = Cache.GetValue(compilation, static _ => new(SymbolEqualityComparer.Default));
        var found = new List<InterfaceReading>();
        var seen = new HashSet<INamedTypeSymbol>(SymbolEqualityComparer.Default) { type.OriginalDefinition };
        var pending = new Queue<INamedTypeSymbol>(seen);
        while (pending.Count > 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var reading = cache.GetOrAdd(pending.Dequeue(), definition => InterfaceReader.Read(definition, compilation));
            found.Add(reading);
            foreach (var nested in reading.Nested.Where(seen.Add))
            {
                pending.Enqueue(nested);
            }
        }

        return found;
    }
}
