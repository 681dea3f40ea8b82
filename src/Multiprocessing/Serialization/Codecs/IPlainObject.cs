namespace Multiprocessing;

/// <summary>Marks classes of this library that cross by their fields. None of the questions that are asked of other types has an answer for them, and a child's first message has one.</summary>
internal interface IPlainObject;
