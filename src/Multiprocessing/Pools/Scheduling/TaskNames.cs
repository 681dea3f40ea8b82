using System.Reflection;
using System.Runtime.CompilerServices;

namespace Multiprocessing;

/// <summary>
/// Names for the tasks of one pool that the caller gave none. Two methods of a pool never have the same name: a lambda has its location in the
/// source, or, without symbols, its number, which differs from the other lambdas of its method. What another pool of the program runs changes no
/// name. Thread-safe.
/// </summary>
internal sealed class TaskNames
{
    // Hold no assembly: methods of unloaded assemblies disappear from them. Symbols are read once in a program.
    private static readonly ConditionalWeakTable<MethodInfo, StrongBox<SourceLocation?>> Locations = [];
    private readonly ConditionalWeakTable<MethodInfo, string> _known = [];

    // Which method has which name; methods as their module and token, which hold no assembly.
    private readonly Dictionary<string, (Guid Module, int Token)> _owners = [];

    /// <summary>
    /// Returns a method's name, as its author wrote it. The first call for a lambda reads symbols, which takes milliseconds: not to be called for
    /// each task, nor under a lock.
    /// </summary>
    public string Of(MethodInfo method) => _known.TryGetValue(method, out var name) ? name : _known.GetValue(method, Make);

    /// <summary>The same without the location in the source.</summary>
    public static string Short(MethodInfo method) =>
        LambdaIn(method.Name, out _) is { } outer ? $"lambda in {outer}" : LocalFunction(method.Name) ?? method.Name;

    private string Make(MethodInfo method)
    {
        var key = (method.Module.ModuleVersionId, method.MetadataToken);
        lock (_owners)
        {
            foreach (var candidate in Candidates(method))
            {
                if (!_owners.TryGetValue(candidate, out var owner) || owner == key)
                {
                    _owners[candidate] = key;
                    return candidate;
                }
            }
        }

        return Short(method);
    }

    private static IEnumerable<string> Candidates(MethodInfo method)
    {
        string least;
        if (LambdaIn(method.Name, out var number) is { } outer)
        {
            if (Locations.GetValue(method, static lambda => new(SourceLocation.Of(lambda))).Value is { } location)
            {
                yield return $"lambda in {outer} ({location.File}:{location.Line})";
                yield return least = $"lambda in {outer} ({location.File}:{location.Line}:{location.Column})";
            }
            else
            {
                yield return $"lambda {number} in {outer}";
                yield return least = $"lambda {number} in {DeclaringType(method)}.{outer}";
            }
        }
        else
        {
            var name = LocalFunction(method.Name) ?? method.Name;
            yield return name;
            yield return least = $"{DeclaringType(method)}.{name}";
        }

        // Overloads, and types of one name in several assemblies.
        for (var i = 2; ; i++)
        {
            yield return $"{least} #{i}";
        }
    }

    /// <summary>
    /// Returns the name of the method that contains a lambda, and its number there from 1 on; <see langword="null"/> if the method is no lambda. The
    /// compiler's name is <c>&lt;Outer&gt;b__0_1</c>, or <c>&lt;Outer&gt;b__1</c> if it captures.
    /// </summary>
    private static string? LambdaIn(string name, out int number)
    {
        number = 0;
        var end = name.StartsWith('<') ? name.LastIndexOf(">b__", StringComparison.Ordinal) : -1;
        if (end <= 0)
        {
            return null;
        }

        var numbers = name[(end + 4)..];
        _ = int.TryParse(numbers[(numbers.LastIndexOf('_') + 1)..], out number);
        number++;
        return name[1..end].Trim('<', '>', '$'); // top-level statements are in <Main>$
    }

    /// <summary>Returns the name of a local function; the compiler's name is <c>&lt;Outer&gt;g__Name|0_1</c>.</summary>
    private static string? LocalFunction(string name)
    {
        var begin = name.StartsWith('<') ? name.IndexOf(">g__", StringComparison.Ordinal) : -1;
        var end = begin < 0 ? -1 : name.IndexOf('|', begin);
        return end < 0 ? null : name[(begin + 4)..end];
    }

    private static string? DeclaringType(MethodInfo method)
    {
        var type = method.DeclaringType;
        while (type is { IsNested: true } && type.Name.StartsWith('<'))
        {
            type = type.DeclaringType; // the compiler's closures are nested in the type that the author wrote
        }

        return type?.Name;
    }
}
