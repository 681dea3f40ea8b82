using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Multiprocessing.Platform.Posix;

/// <summary>poll(2), and a pipe that interrupts it when the set of sources has changed.</summary>
internal sealed unsafe class PollSet : ReadinessSet
{
    private const short Readable = 1;
    private const int Most = 64;

    private readonly Lock _gate = new();
    private readonly Dictionary<DescriptorEnd, long> _sources = [];
    private readonly DescriptorEnd _changes;
    private readonly DescriptorEnd _changed;

    public PollSet()
    {
        var (read, write) = DescriptorEnd.CreateOneWay();
        (_changes, _changed) = ((DescriptorEnd)read, (DescriptorEnd)write);
        try
        {
            _changes.SetNonBlocking();
            _changed.SetNonBlocking();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public override void Watch(WaitSource source, long tag)
    {
        lock (_gate)
        {
            _sources.Add((DescriptorEnd)source, tag);
        }

        Interrupt();
    }

    public override void Unwatch(WaitSource source)
    {
        lock (_gate)
        {
            _sources.Remove((DescriptorEnd)source);
        }
    }

    public override int Wait(Span<long> tags, int milliseconds)
    {
        PollRequest[] requests;
        lock (_gate)
        {
            // Closed sources are removed here, as an epoll set does by itself.
            foreach (var closed in _sources.Keys.Where(source => source.IsClosed).ToArray())
            {
                _sources.Remove(closed);
            }

            requests = [.. _sources.Keys.Select(source => Request(source)), Request(_changes)];
        }

        fixed (PollRequest* first = requests)
        {
            if (PollRequest.Poll(first, (nuint)requests.Length, milliseconds) < 0)
            {
                return Marshal.GetLastPInvokeError() is var error and not Errno.Interrupted ? throw new Win32Exception(error) : 0;
            }
        }

        if (requests[^1].Seen != 0)
        {
            Span<byte> rest = stackalloc byte[64];
            _ = _changes.Read(rest);
        }

        return Collect(requests, tags);
    }

    public override void Dispose()
    {
        _changes.Dispose();
        _changed.Dispose();
    }

    private static PollRequest Request(DescriptorEnd source) => new() { Descriptor = source.Number, Wanted = Readable };

    private int Collect(PollRequest[] requests, Span<long> tags)
    {
        var count = 0;
        lock (_gate)
        {
            foreach (var (source, tag) in _sources)
            {
                if (count < Math.Min(tags.Length, Most)
                    && Array.Exists(requests, request => request.Descriptor == source.Number && request.Seen != 0))
                {
                    tags[count++] = tag;
                }
            }
        }

        return count;
    }

    // A full pipe interrupts too.
    private void Interrupt() => _changed.WriteByte();
}
