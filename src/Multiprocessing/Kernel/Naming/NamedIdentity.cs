using System.Runtime.CompilerServices;

namespace Multiprocessing;

/// <summary>What must be equal when two programs use an object of the same name.</summary>
/// <param name="Kind">The type of the object, with that of its items.</param>
/// <param name="Detail">Capacity, size, mode; null to accept any.</param>
/// <param name="Build">The build of the items' type; empty for an object without items.</param>
internal readonly record struct NamedIdentity(string Kind, string? Detail, string Build = "")
{
    public static NamedIdentity Of<TObject>(string? detail) => new(typeof(TObject).Name, detail);

    public override string ToString() => string.IsNullOrEmpty(Detail) ? Kind : $"{Kind} ({Detail})";

    /// <exception cref="NamedObjectMismatchException">The found object differs.</exception>
    public void Check(string name, in NamePage found)
    {
        var actual = found.Identity;
        if (actual.Kind != NamePage.Fitted(Kind, NamePage.MaxKind))
        {
            throw Mismatch(name, actual, found, "All kinds of objects share one set of names: choose another name.");
        }

        if (Detail is not null && actual.Detail != NamePage.Fitted(Detail, NamePage.MaxDetail))
        {
            throw Mismatch(name, actual, found, "Ask for the same, or accept the existing one with Open.");
        }

        if (actual.Build != Build)
        {
            throw new NamedObjectMismatchException(
                name,
                $"{this}, build {Build}",
                $"{actual}, build {actual.Build}",
                $"'{name}' is a {actual} that {found.Creator} has created with build {actual.Build} of the item's type, and this program has build "
                + $"{Build}: one would misread what the other writes. "
                + "Programs of different builds share numbers, text, and arrays of numbers; for other types, let both use the same assembly, and "
                + "seal the type if they are different programs.");
        }
    }

    private NamedObjectMismatchException Mismatch(string name, NamedIdentity actual, in NamePage found, string wayOut) =>
        new(name, ToString(), actual.ToString(), $"'{name}' is a {actual}, created by {found.Creator}, and not a {this}. {wayOut}");
}
