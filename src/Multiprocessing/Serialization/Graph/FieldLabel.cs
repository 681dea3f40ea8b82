using System.Reflection;

namespace Multiprocessing;

/// <summary>Names fields for paths in messages.</summary>
internal static class FieldLabel
{
    /// <summary>Returns the label; <see langword="null"/> for a field that the compiler added.</summary>
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
                : $"captured variable '{SourceNames.Of(name)}'";
        }

        return name.StartsWith('<') ? $"property '{SourceNames.Of(name)}'" : $"field '{name}'";
    }
}
