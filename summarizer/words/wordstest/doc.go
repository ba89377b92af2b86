// Package wordstest has what tests of facts, plans and words need in every language:
// [Days], the days that each language has golden files of, and random ones: [Brief]
// draws a day, [Plan] reads a plan out of any bytes.
package wordstest
