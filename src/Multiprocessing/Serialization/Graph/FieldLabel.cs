using System.Reflection;

namespace Multiprocessing;

/// <summary>How a path shows a field.</summary>
internal static class FieldLabel
{
    /// <summary><see langword="null"/> for fields that only the compiler knows.</summary>
    public static string? Of(FieldInfo field)
    {
        if (field.GetCustomAttribute<PathNameAttribute>() is { } own)
        {
            return own.Name;
        }

        var name = field.Name;
        if (ClosureCodec.IsClosure(field.DeclaringType!) || ClosureCodec.IsStateMachine(field.DeclaringType!))
        {
            return name.StartsWith("CS$<>8__locals", StringComparison.Ordinal) ? null
                : name == "<>4__this" ? $"captured 'this' ({TypeText.Of(field.FieldType)})"
                : $"captured variable '{Inner(name)}'";
        }

        return name.EndsWith(">k__BackingField", StringComparison.Ordinal) ? $"property '{Inner(name)}'"
            : name.StartsWith('<') ? $"property '{Inner(name)}'"
            : $"field '{name}'";
    }

    private static string Inner(string name)
    {
        var end = name.IndexOf('>', StringComparison.Ordinal);
        return name.StartsWith('<') && end > 1 ? name[1..end] : name;
    }
}
