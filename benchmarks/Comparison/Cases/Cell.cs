using System.Runtime.CompilerServices;

namespace Comparison.Cases;

/// <summary>64 bytes without a reference in them.</summary>
[InlineArray(8)]
internal struct Cell
{
    private long _element;
}
