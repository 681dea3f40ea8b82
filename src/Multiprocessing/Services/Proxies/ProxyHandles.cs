namespace Multiprocessing.Proxies;

/// <summary>Proxies that cross by identity: the first byte of a handle says what the object belongs to.</summary>
internal static class ProxyHandles
{
    public const byte OfManager = 1;

    public static ProxyBase Read(ref HandleReader reader) => reader.Read<byte>() switch
    {
        OfManager => ManagerLink.ReadHandle(ref reader),
        var kind => throw new System.Runtime.Serialization.SerializationException(
            $"A message has the handle of a proxy of the kind {kind}, which does not exist."),
    };
}
