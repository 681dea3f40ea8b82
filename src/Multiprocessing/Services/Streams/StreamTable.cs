using System.Runtime.Serialization;

namespace Multiprocessing;

/// <summary>
/// The enumerations over one channel: those that this process reads, and those of its own streams that the other peer reads. Thread-safe.
/// </summary>
internal sealed unsafe class StreamTable(CallChannel channel)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<long, RemoteReader> _readers = [];
    private readonly Dictionary<long, StreamPump> _pumps = [];
    private long _last;
    private bool _isClosed;

    /// <summary>Begins to read an enumeration.</summary>
    /// <returns>Its number.</returns>
    public long Add(RemoteReader reader)
    {
        lock (_gate)
        {
            if (_isClosed)
            {
                return 0;
            }

            _readers.Add(++_last, reader);
            channel.AddInterest();
            return _last;
        }
    }

    public void Remove(long id)
    {
        lock (_gate)
        {
            if (_readers.Remove(id))
            {
                channel.RemoveInterest();
            }
        }
    }

    public RemoteReader? FindReader(long id)
    {
        lock (_gate)
        {
            return _readers.GetValueOrDefault(id);
        }
    }

    /// <summary>An enumeration of a stream of this process has ended.</summary>
    public void Remove(StreamPump pump)
    {
        lock (_gate)
        {
            if (_pumps.Remove(pump.Id))
            {
                channel.RemoveInterest();
            }
        }
    }

    /// <summary>Handles a message of a reader in the other process.</summary>
    public void Handle(ReceivedMessage message, CallHeader header)
    {
        var data = message.Data + sizeof(CallHeader);
        switch (header.Kind)
        {
            case CallMessage.StreamOpen:
                var id = WireReader.Read<long>(ref data, message.End);
                Open(header.ObjectId, id, WireReader.Read<StreamCredit>(ref data, message.End));
                break;
            case CallMessage.StreamCredit:
                FindPump(header.ObjectId)?.AddCredit(WireReader.Read<StreamCredit>(ref data, message.End));
                break;
            default:
                FindPump(header.ObjectId)?.Stop();
                break;
        }
    }

    /// <summary>The channel has ended: all enumerations end.</summary>
    public void Close()
    {
        RemoteReader[] readers;
        StreamPump[] pumps;
        lock (_gate)
        {
            _isClosed = true;
            readers = [.. _readers.Values];
            pumps = [.. _pumps.Values];
        }

        foreach (var reader in readers)
        {
            reader.EndWait();
        }

        foreach (var pump in pumps)
        {
            pump.Stop();
        }
    }

    private void Open(long objectId, long id, StreamCredit credit)
    {
        if (channel.Exports.Find(objectId) is not ExportedStream stream)
        {
            throw new SerializationException($"A message reads stream {objectId} of this process, which there is not.");
        }

        var pump = stream.Begin(channel, id, credit);
        lock (_gate)
        {
            if (_isClosed || !_pumps.TryAdd(id, pump))
            {
                return;
            }

            channel.AddInterest();
        }

        channel.Scheduler.Add(pump, null);
    }

    private StreamPump? FindPump(long id)
    {
        lock (_gate)
        {
            return _pumps.GetValueOrDefault(id);
        }
    }
}
