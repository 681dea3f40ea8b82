using Microsoft.CodeAnalysis;

namespace Multiprocessing.Generators;

/// <summary>The constraints of type parameters, as C# writes them.</summary>
internal static class Constraints
{
    /// <summary>Returns the constraint clause of a type parameter, or an empty text.</summary>
    public static string Of(ITypeParameterSymbol parameter)
    {
        var parts = new List<string>();
        if (parameter.HasUnmanagedTypeConstraint)
        {
            parts.Add("unmanaged");
        }
        else if (parameter.HasValueTypeConstraint)
        {
            parts.Add("struct");
        }
        else if (parameter.HasReferenceTypeConstraint)
        {
            parts.Add("class");
        }
        else if (parameter.HasNotNullConstraint)
        {
            parts.Add("notnull");
        }

        parts.AddRange(parameter.ConstraintTypes.Select(static type => Names.Code(type)));
        if (parameter.HasConstructorConstraint)
        {
            parts.Add("new()");
        }

        return parts.Count == 0 ? "" : $"where {Names.Code(parameter)} : {string.Join(", ", parts)}";
    }
}
