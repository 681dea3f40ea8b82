using System.Diagnostics.CodeAnalysis;

namespace Multiprocessing;

/// <summary>Opens and creates objects by name, in the same three ways for all kinds.</summary>
internal static class NamedObject
{
    public static TObject OpenOrCreate<TObject>(
        Session? session, string name, in NamedIdentity wanted, Func<Session, SegmentId, TObject?> open, Func<Session, TObject> create)
        where TObject : class
    {
        ObjectName.Check(name);
        return Find(session, name, wanted, open, create)!;
    }

    public static TObject Open<TObject>(Session? session, string name, in NamedIdentity wanted, Func<Session, SegmentId, TObject?> open)
        where TObject : class =>
        TryOpen(session, name, wanted, open, out var opened) ? opened : throw new NamedObjectNotFoundException(name, wanted.Kind);

    public static bool TryOpen<TObject>(
        Session? session, string name, in NamedIdentity wanted, Func<Session, SegmentId, TObject?> open, [NotNullWhen(true)] out TObject? opened)
        where TObject : class
    {
        ObjectName.Check(name);
        opened = Find(session, name, wanted with { Detail = null }, open, create: null);
        return opened is not null;
    }

    /// <summary>Returns the object of a checked name; if there is none, the created one, or null.</summary>
    public static TObject? Find<TObject>(
        Session? session, string name, in NamedIdentity wanted, Func<Session, SegmentId, TObject?> open, Func<Session, TObject>? create)
        where TObject : class
    {
        session ??= NamedSession.Current;
        var names = session.Names ?? throw new InvalidOperationException($"The session '{session.Directory}' has no names.");
        return names.Find(name, wanted, id => open(session, id), create is null ? null : () => create(session));
    }
}
