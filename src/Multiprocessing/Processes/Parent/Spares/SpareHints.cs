using System.Diagnostics;

namespace Multiprocessing;

/// <summary>The kinds of bodies that were started recently, numbered in order. A spare prepares for them.</summary>
/// <param name="gate">The lock of the stock. Every member needs it.</param>
internal sealed class SpareHints(Lock gate)
{
    private const int Maximum = 16;

    private readonly List<(int Number, BodyHint Hint)> _hints = [];

    /// <summary>The number of the newest hint; 0 before the first.</summary>
    public int LastNumber { get; private set; }

    public void Add(ChildCall call)
    {
        Debug.Assert(gate.IsHeldByCurrentThread, "The caller of SpareHints must hold the lock of the stock.");
        var hint = BodyHint.Of(call);
        if (_hints.Exists(known => known.Hint == hint))
        {
            return;
        }

        if (_hints.Count == Maximum)
        {
            _hints.RemoveAt(0);
        }

        _hints.Add((++LastNumber, hint));
    }

    /// <summary>Returns the hints that were added after the one with this number.</summary>
    public BodyHint[] After(int number)
    {
        Debug.Assert(gate.IsHeldByCurrentThread, "The caller of SpareHints must hold the lock of the stock.");
        return [.. _hints.Where(hint => hint.Number > number).Select(hint => hint.Hint)];
    }
}
