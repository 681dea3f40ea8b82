namespace Multiprocessing;

/// <summary>For each closure in one message: the fields that the delegates read, and those of them that are written.</summary>
internal sealed class ClosureStates
{
    private readonly Dictionary<object, State> _states = new(ReferenceEqualityComparer.Instance);

    private sealed class State
    {
        public readonly List<ClosureUse> Uses = [];
        public ulong Written;
        public ulong Pending;

        /// <summary>Index of the first of <see cref="Uses"/> that was not passed on to the enclosing closures.</summary>
        public int PendingUses;
        public bool IsQueued;
    }

    /// <summary>Adds uses of a closure; returns whether it needs another body, which is not queued yet.</summary>
    public bool Request(object closure, ClosureCodec codec, ClosureUse[] uses)
    {
        if (!_states.TryGetValue(closure, out var state))
        {
            _states.Add(closure, state = new State());
        }

        var isNewUse = false;
        foreach (var use in uses)
        {
            if (state.Uses.Contains(use))
            {
                continue;
            }

            isNewUse = true;
            state.Uses.Add(use);
            var mask = codec.MaskOf(use);

            // The reference to an enclosing closure is written again for each use, so that the use is passed on to that closure too.
            state.Pending |= (mask & ~state.Written) | (mask & codec.OuterMask);
        }

        if (!isNewUse || state.IsQueued || (state.Pending == 0 && state.Written != 0))
        {
            return false;
        }

        state.IsQueued = true;
        return true;
    }

    /// <summary>Returns the fields to write now, and the uses to pass on to the enclosing closures.</summary>
    public ulong Take(object closure, out ClosureUse[] uses)
    {
        var state = _states[closure];
        var mask = state.Pending;
        uses = state.Uses.Count == 1 ? state.Uses[0].Alone : state.Uses.GetRange(state.PendingUses, state.Uses.Count - state.PendingUses).ToArray();
        state.Written |= mask;
        state.Pending = 0;
        state.PendingUses = state.Uses.Count;
        state.IsQueued = false;
        return mask;
    }

    public void Clear() => _states.Clear();
}
