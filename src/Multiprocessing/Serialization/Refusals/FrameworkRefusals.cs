namespace Multiprocessing;

/// <summary>Which objects of the framework belong to their process; see the table.</summary>
internal static partial class FrameworkRefusals
{
    /// <summary>Numbers that have a field of a pointer's type.</summary>
    private static readonly HashSet<string> Numbers =
        ["System.Runtime.InteropServices.CLong", "System.Runtime.InteropServices.CULong", "System.Runtime.InteropServices.NFloat"];

    public static string? Find(string name) => ByName.GetValueOrDefault(name);

    /// <summary>Returns whether an nint in a type of the framework is a number.</summary>
    public static bool IsNumber(Type type) => Numbers.Contains(type.FullName ?? "");

    /// <summary>
    /// Returns the suggestion for an enumerator, which has a position in its collection. Queries, which are enumerators too, start again, and cross.
    /// </summary>
    public static string? OfEnumerator(Type type) =>
        typeof(System.Collections.IEnumerator).IsAssignableFrom(type)
        && !typeof(System.Collections.IEnumerable).IsAssignableFrom(type)
        && Framework.Owns(type)
            ? Enumerators
            : null;

    /// <summary>Returns the suggestion for an object of the framework that refers, in private fields, to an object that cannot cross.</summary>
    public static string Inside(Type type, Refusal inner) => typeof(Task).IsAssignableFrom(inner.Culprit) ? inner.Suggestion
        : inner.Suggestion == Native || !inner.Culprit.IsVisible
        ? Native
        : $"It refers to a {TypeText.Of(inner.Culprit)} of this process; create the {TypeText.Of(type)} in the child from the values that it is made "
            + "from.";
}
