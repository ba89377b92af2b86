// Package wordstest has what tests of the words need in every language: [Days], the
// days that each language has golden files of, and [Draw], which draws random days and
// plans.
package wordstest
