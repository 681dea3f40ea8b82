using System.Diagnostics.CodeAnalysis;

namespace Multiprocessing;

/// <summary>The three ways to an object by name, the same for all kinds.</summary>
internal static class NamedObject
{
    public static TObject OpenOrCreate<TObject>(Session? session, string name, in NamedIdentity wanted, Func<Session, SegmentId, TObject?> open, Func<Session, TObject> create)
        where TObject : class
    {
        ObjectName.Check(name);
        return (session ?? Session.Named).ByName(name, wanted, open, create)!;
    }

    public static TObject Open<TObject>(Session? session, string name, in NamedIdentity wanted, Func<Session, SegmentId, TObject?> open)
        where TObject : class => TryOpen(session, name, wanted, open, out var opened) ? opened : throw new NamedObjectNotFoundException(name, wanted.Kind);

    public static bool TryOpen<TObject>(Session? session, string name, in NamedIdentity wanted, Func<Session, SegmentId, TObject?> open, [NotNullWhen(true)] out TObject? opened)
        where TObject : class
    {
        ObjectName.Check(name);
        opened = (session ?? Session.Named).ByName(name, wanted with { Detail = null }, open, create: null);
        return opened is not null;
    }
}
