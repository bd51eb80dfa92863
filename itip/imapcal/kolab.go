package imapcal

import (
	"errors"

	"usher/itip"
)

var errNoKolab = errors.New("the Kolab format is not there yet")

func writeKolab(letter) ([]byte, error) { return nil, errNoKolab }

func readKolab([]byte) (*itip.Object, error) { return nil, errNoKolab }
