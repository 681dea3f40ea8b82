namespace Multiprocessing;

/// <summary>What the delegates of one message want of each closure in it, and what of that is written.</summary>
internal sealed class ClosureStates
{
    private readonly Dictionary<object, State> _states = new(ReferenceEqualityComparer.Instance);

    private sealed class State
    {
        public readonly List<ClosureUse> Uses = [];
        public ulong Written;
        public ulong Pending;

        /// <summary>The first of <see cref="Uses"/> that has not reached the enclosing closures.</summary>
        public int PendingUses;
        public bool IsQueued;
    }

    /// <summary>Adds uses of a closure; true if it needs a (further) body that is not queued yet.</summary>
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

            // The way to an enclosing closure is written again for each use, so that this use reaches it too.
            state.Pending |= (mask & ~state.Written) | (mask & codec.OuterMask);
        }

        if (!isNewUse || state.IsQueued || (state.Pending == 0 && state.Written != 0))
        {
            return false;
        }

        state.IsQueued = true;
        return true;
    }

    /// <summary>The fields to write now, and for whom.</summary>
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
