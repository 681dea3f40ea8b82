using System.Reflection;
using System.Runtime.CompilerServices;

namespace Multiprocessing;

/// <summary>What a task is called that was given no name.</summary>
internal static class TaskNames
{
    // Made once for each method: a pool asks with every task. The methods of assemblies that are unloaded go from it.
    private static readonly ConditionalWeakTable<MethodInfo, string> Known = [];

    /// <summary>A method's name as its author wrote it: of a lambda, the method that it stands in.</summary>
    public static string Of(MethodInfo method) => Known.TryGetValue(method, out var name) ? name : Known.GetValue(method, Make);

    private static string Make(MethodInfo method)
    {
        var name = method.Name;
        var end = name.StartsWith('<') ? name.LastIndexOf('>') : -1;
        if (end <= 0)
        {
            return name;
        }

        if (name.IndexOf("g__", end, StringComparison.Ordinal) is >= 0 and var local && name.IndexOf('|', local) is > 0 and var bar)
        {
            return name[(local + 3)..bar];
        }

        var outer = name[1..end];
        return outer.StartsWith('<') ? "lambda" : $"lambda in {outer}";
    }
}
