using System.Runtime.CompilerServices;

namespace Micro;

/// <summary>64 bytes without a reference in them.</summary>
[InlineArray(8)]
public struct Cell
{
    private long _element;
}
