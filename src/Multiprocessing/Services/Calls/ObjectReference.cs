using Multiprocessing.Proxies;

namespace Multiprocessing;

/// <summary>
/// An object in a message that stays in its process: nothing, an object of the sender, or an object of the reader that returns to it. An object of
/// the
/// sender is written with the fingerprint of its interface, which must be the reader's.
/// </summary>
internal static unsafe class ObjectReference
{
    private const byte None = 0;
    private const byte OfSender = 1;
    private const byte OfReader = 2;

    /// <summary>Appends a reference.</summary>
    /// <param name="buffer">The message.</param>
    /// <param name="value">The object.</param>
    /// <param name="channel">The channel that the message will be sent on, if there is one now.</param>
    /// <param name="target">The object that is called.</param>
    /// <param name="name">The name of the parameter, for the text of an exception.</param>
    /// <returns>The object, if the message has a reference to it that must be counted.</returns>
    public static ExportedObject? Write<T>(MessageBuffer buffer, T? value, CallChannel? channel, ProxyTarget? target, string name)
        where T : class
    {
        if (value is null)
        {
            buffer.WriteByte(None);
            return null;
        }

        if (value is ProxyBase { Target: var owner } && (ReferenceEquals(owner, target) || (channel is not null && owner.IsReachedBy(channel))))
        {
            owner.ThrowIfReleased(name);
            buffer.WriteByte(OfReader);
            buffer.Write(owner.ObjectId);
            return null;
        }

        var contract = ProxyContracts.For<T>(value.GetType().Assembly);
        var exported = new ExportedObject(ExportIds.Of(value, contract), value, contract);
        buffer.WriteByte(OfSender);
        buffer.Write(exported.Id);
        buffer.Write(contract.Fingerprint);
        return exported;
    }

    /// <summary>Reads a reference.</summary>
    public static T? Read<T>(CallChannel channel, ref byte* data, byte* end)
        where T : class
    {
        switch (WireReader.Read<byte>(ref data, end))
        {
            case None:
                return null;
            case OfSender:
                var id = WireReader.Read<long>(ref data, end);
                var fingerprint = WireReader.Read<ulong>(ref data, end);
                return (T)(object)channel.Imports.Receive(id, fingerprint, ProxyContracts.For<T>());
            case OfReader:
                var own = WireReader.Read<long>(ref data, end);
                return channel.Exports.Find(own) is ExportedObject { Instance: T instance }
                    ? instance
                    : throw new System.Runtime.Serialization.SerializationException(
                        $"A message refers to object {own} of this process as a {typeof(T)}, which it is not, or which was released.");
            default:
                throw WireReader.Torn();
        }
    }
}
