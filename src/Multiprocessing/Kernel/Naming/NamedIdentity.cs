using System.Runtime.CompilerServices;

namespace Multiprocessing;

/// <summary>What has to be the same where two programs meet.</summary>
/// <param name="Kind">The type of the object, with that of its items.</param>
/// <param name="Detail">Capacity, size, mode; null for who takes what is there.</param>
/// <param name="Build">Of the items' type, or empty for an object without items.</param>
internal readonly record struct NamedIdentity(string Kind, string? Detail, string Build = "")
{
    public static NamedIdentity Of<TObject>(string? detail) => new(typeof(TObject).Name, detail);

    public override string ToString() => string.IsNullOrEmpty(Detail) ? Kind : $"{Kind} ({Detail})";

    /// <exception cref="NamedObjectMismatchException">It is not what is wanted.</exception>
    public void Check(string name, in NamePage found)
    {
        var actual = found.Identity;
        if (actual.Kind != NamePage.Fitted(Kind, NamePage.MaxKind))
        {
            throw Mismatch(name, actual, found, "The names of all kinds of objects are one: choose another.");
        }

        if (Detail is not null && actual.Detail != NamePage.Fitted(Detail, NamePage.MaxDetail))
        {
            throw Mismatch(name, actual, found, "Ask for the same, or take what is there with Open.");
        }

        if (actual.Build != Build)
        {
            throw new NamedObjectMismatchException(
                name,
                $"{this}, build {Build}",
                $"{actual}, build {actual.Build}",
                $"'{name}' is a {actual} that {found.Creator} has made with build {actual.Build} of the item's type, and this program has build {Build}: one would misread what the other writes. "
                + "Programs of different builds share numbers, text, and arrays of numbers; for other types let both use the same assembly, and seal the type if they are different programs.");
        }
    }

    private NamedObjectMismatchException Mismatch(string name, NamedIdentity actual, in NamePage found, string wayOut) =>
        new(name, ToString(), actual.ToString(), $"'{name}' is a {actual}, made by {found.Creator}, and not a {this}. {wayOut}");
}
