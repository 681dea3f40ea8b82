namespace Multiprocessing.Platform.Windows;

/// <summary>Checks its sources whenever one of them reports that it may be ready. WaitForMultipleObjects is limited to 64 sources.</summary>
internal sealed class SignalSet : ReadinessSet
{
    private readonly object _gate = new();
    private readonly Dictionary<WaitSource, long> _sources = [];
    private bool _hasChanged;

    public override void Watch(WaitSource source, long tag)
    {
        lock (_gate)
        {
            _sources.Add(source, tag);
        }

        ((ISignaling)source).Changed = OnChanged;
        OnChanged(); // it may have become ready before
    }

    public override void Unwatch(WaitSource source)
    {
        ((ISignaling)source).Changed = null;
        lock (_gate)
        {
            _sources.Remove(source);
        }
    }

    public override int Wait(Span<long> tags, int milliseconds)
    {
        lock (_gate)
        {
            while (true)
            {
                _hasChanged = false;

                // Closed sources are removed here, as an epoll set does by itself.
                foreach (var closed in _sources.Keys.Where(source => ((ISignaling)source).IsClosed).ToArray())
                {
                    _sources.Remove(closed);
                }

                var count = 0;
                foreach (var (source, tag) in _sources)
                {
                    if (count < tags.Length && ((ISignaling)source).IsReady)
                    {
                        tags[count++] = tag;
                    }
                }

                if (count > 0 || (!_hasChanged && !Monitor.Wait(_gate, milliseconds)))
                {
                    return count;
                }
            }
        }
    }

    public override void Dispose()
    {
        lock (_gate)
        {
            foreach (var source in _sources.Keys)
            {
                ((ISignaling)source).Changed = null;
            }

            _sources.Clear();
        }
    }

    private void OnChanged()
    {
        lock (_gate)
        {
            _hasChanged = true;
            Monitor.PulseAll(_gate);
        }
    }
}
